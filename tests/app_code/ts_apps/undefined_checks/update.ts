import { z } from "zod";
import { supabase } from "./supabase";

interface TaskPatch {
  projectId?: string;
  assigneeId?: string | null;
  title?: string;
}

const patchSchema = z.object({ taskId: z.string().optional(), authorId: z.string().nullish() });

// What is not undefined may still be null, where the type says so.
export async function change(id: string, patch: TaskPatch) {
  const row: Record<string, unknown> = {};
  if (patch.projectId !== undefined) {
    row.project_id = patch.projectId;
  }
  if (patch.assigneeId !== undefined) {
    row.assignee_id = patch.assigneeId;
  }
  await supabase.from("tasks").update(row).eq("id", id);
}

export async function add(taskId: string | undefined, authorId: string | null | undefined) {
  if (taskId === undefined || authorId === undefined) {
    return;
  }
  await supabase.from("comments").insert({ task_id: taskId, author_id: authorId });
}

export async function addSure(taskId: string | undefined, authorId: string | null | undefined) {
  if (taskId === undefined || authorId == null) {
    return;
  }
  await supabase.from("comments").insert({ task_id: taskId, author_id: authorId });
}

export async function patchComment(id: string, input: unknown) {
  const { taskId, authorId } = patchSchema.parse(input);
  await supabase
    .from("comments")
    .update({
      ...(taskId !== undefined && { task_id: taskId }),
      ...(authorId !== undefined && { author_id: authorId }),
    })
    .eq("id", id);
}
