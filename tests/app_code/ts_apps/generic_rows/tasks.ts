import type { Pool } from "pg";
import { Repository } from "./base";
import { supabase } from "./client";

interface Task {
  id: string;
  project_id: string;
  assignee_id: string | null;
}

class Tasks extends Repository<Task> {
  protected table = "tasks";

  get fallback(): string | undefined {
    return process.env.ASSIGNEE;
  }

  async open(project: string, user?: string) {
    return super.insert({ project_id: project, assignee_id: user });
  }

  async queue(project: string) {
    return this.insert({ project_id: project, assignee_id: this.fallback });
  }
}

export const tasks = new Tasks(supabase);

export async function pick(id: string, users: string[], assignee: Task["assignee_id"]) {
  await tasks.insert({ project_id: id, assignee_id: users.at(0) });
  await tasks.insert({ project_id: id, assignee_id: assignee });
  const project = await supabase.from("projects").insert({ team_id: null, owner_id: users[0] }).select("id").single();
  await supabase.from("comments").insert({ task_id: project.data!.id, author_id: users[0] });
}

export async function load(pool: Pool, rows: { project: string; user?: string }[]) {
  await pool.query("INSERT INTO tasks (project_id, assignee_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])", [
    rows.map((row) => row.project),
    rows.map((row) => row.user),
  ]);
}
