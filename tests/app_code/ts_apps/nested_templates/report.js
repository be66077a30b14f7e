import { pgTable, uuid, text } from "drizzle-orm/pg-core";

export const tasks = pgTable("tasks", {
  id: uuid("id").primaryKey(),
  projectId: uuid("project_id"),
  assigneeId: uuid("assignee_id"),
  title: text("title"),
});

// A name that is only ever given its own second name has no end to follow.
let first = undefined;
let second = undefined;
export function swap() {
  first = second;
  second = first;
  return `select count(*) from ${first}`;
}

export function lines(parts) {
  return parts
    .map((part) => {
      if (part.kind === "list") {
        return `${part.items.map((item) => `- ${item.text.replace("\n", "\\n")}\0`).join("\n")}`;
      }
      return `${part.text.split("\t").join(`\t${part.mark ?? "\\"}`)}`;
    })
    .filter((line) => line.length > 0)
    .join("\n");
}

export async function keep(db, project, member, parts) {
  await db.insert(tasks).values({
    projectId: project.id,
    assigneeId: member?.id,
    title: `${lines(parts.map((part) => ({ ...part, text: `${part.text}\n` })))}`,
  });
}
