import { useCreate, useDataProvider, useUpdate } from "ra-core";
import { supabase } from "./supabase";

export function useMerge() {
  const dataProvider = useDataProvider();
  return async (loser: string, winner: string, userId: string, titles: string[]) => {
    await dataProvider.update("tasks", { id: loser, data: { project_id: winner }, previousData: {} });
    await dataProvider.update("comments", { id: loser, data: { body: "merged" } });
    await Promise.all(
      titles.map((title) =>
        dataProvider.create("tasks", { data: { title, project_id: winner, assignee_id: null } }),
      ),
    );
    await dataProvider.delete("projects", { id: loser });
  };
}

export function CommentButton({ taskId, user }: { taskId: string; user?: { id: string } }) {
  const [create] = useCreate();
  const onClick = () =>
    create("comments", { data: { task_id: taskId, author_id: user?.id, body: "seen" } });
  // A label of that name is no row.
  return <button onClick={onClick}>{translate("comments", { data: { count: 1 } })}</button>;
}

export async function addNote(kind: string, parent: string, userId: string) {
  let table: string;
  let row: Record<string, unknown>;
  switch (kind) {
    case "comment":
      table = "comments";
      row = { task_id: parent, author_id: userId };
      break;
    default:
      table = "tasks";
      row = { project_id: parent, assignee_id: userId };
  }
  await supabase.from(table).insert(row);
}
