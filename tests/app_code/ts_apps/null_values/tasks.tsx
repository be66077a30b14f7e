import { createClient } from "@supabase/supabase-js";
import { useState } from "react";
import { z } from "zod";
import type { Maybe, NewTask } from "./types";

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_KEY!);
const form = z.object({ project: z.string(), assignee: z.string().transform((text) => text || null) });

async function userOf(email: string) {
  const { data } = await supabase.from("users").select("id").eq("email", email).maybeSingle();
  if (!data) return null;
  return data.id;
}

export async function add(task: NewTask) {
  await supabase.from("tasks").insert({ project_id: task.project, assignee_id: task.assignee });
}

export async function invite(email: string, projects: Record<string, string>) {
  const [assignee, { data: project }] = await Promise.all([
    userOf(email),
    supabase.from("projects").select("id").eq("name", "Inbox").single(),
  ]);
  await supabase.from("tasks").insert({ project_id: project.id, assignee_id: assignee });
  await supabase.from("tasks").insert({ project_id: projects[email], assignee_id: process.env.DEFAULT_USER });
}

export async function strip(row: { project_id: string; assignee_id: string; title: string }) {
  const { assignee_id, ...rest } = row;
  await supabase.from("tasks").insert(rest);
}

export async function submit(body: unknown) {
  const { project, assignee } = form.parse(body);
  await supabase.from("tasks").insert({ project_id: project, assignee_id: assignee });
}

export function Picker({ project }: { project: string }) {
  const [assignee, setAssignee] = useState<Maybe<string>>(null);
  const save = async () => {
    await supabase.from("tasks").insert({ project_id: project, assignee_id: assignee });
  };
  return <button onClick={save} onFocus={() => setAssignee("me")} />;
}

export function Assign({ project }: { project: string }) {
  const [selected, setSelected] = useState("");
  const save = async () => {
    if (!selected) return;
    await supabase.from("tasks").insert({ project_id: project, assignee_id: selected });
  };
  return <button onClick={save} onFocus={() => setSelected("me")} />;
}
