import { supabase } from "./client";

interface Line {
  project: string | null;
  assignee?: string;
}

export async function load(lines: Line[]) {
  const rows = lines
    .filter((line) => line.project !== null && line.assignee)
    .map((item) => ({ project_id: item.project, assignee_id: item.assignee }));
  await supabase.from("tasks").insert(rows);
}

export async function each(lines: Line[]) {
  const known = lines.filter((line) => line.assignee);
  for (const line of known) {
    await supabase.from("tasks").insert({ project_id: line.project, assignee_id: line.assignee });
  }
}

export async function add(line: Line, project: string) {
  const assignee = line.assignee;
  if (typeof assignee === "undefined") return;
  await supabase.from("tasks").insert({ project_id: project, assignee_id: assignee });
}
