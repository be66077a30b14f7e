import { Hono } from "hono";
import { createClient } from "@supabase/supabase-js";

const supabase = createClient(Deno.env.get("URL")!, Deno.env.get("KEY")!);
const app = new Hono();

app.post("/tasks", async (c) => {
  const body = await c.req.json<{ title: string; projectId: string; assigneeId?: string }>();
  const { data: { user } } = await supabase.auth.getUser(c.req.header("Authorization"));
  if (!user) return c.json({ error: "unauthorized" }, 401);
  const { error } = await supabase
    .from("tasks")
    .insert({ title: body.title, project_id: body.projectId, assignee_id: body.assigneeId || user.id });
  if (error) return c.json({ error: error.message }, 500);
  await Promise.all([
    supabase.from("comments").insert({ task_id: body.projectId, author_id: user.id, body: "" }),
    supabase.from("projects").update({ archived: false }).eq("id", body.projectId),
  ]);
  return c.json({ ok: true });
});

app.delete("/tasks/:id", async (c) => {
  const { count } = await supabase.from("tasks").delete({ count: "exact" }).eq("id", c.req.param("id"));
  return c.json({ count });
});

async function upsertProject(row: Record<string, any>) {
  const payload = { id: row.id, team_id: row.team?.id, owner_id: row.ownerId, ...(row.slug && { slug: row.slug }) };
  const { error } = await supabase.from("projects").upsert(payload, { onConflict: "id", ignoreDuplicates: false });
  if (error) throw error;
}
