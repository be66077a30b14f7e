import { serverSupabaseClient } from "#supabase/server";
import { PrismaClient } from "@prisma/client";
import { Hono } from "hono";
import { superValidate } from "sveltekit-superforms";
import { zod } from "sveltekit-superforms/adapters";
import { z } from "zod";

const prisma = new PrismaClient();
const body = z.object({ project: z.string(), assignee: z.string().optional() });

export default defineEventHandler(async (event) => {
  const client = await serverSupabaseClient(event);
  const { project, assignee } = await readValidatedBody(event, body.parse);
  await client.from("tasks").insert({ project_id: project, assignee_id: assignee });
  await client.from("tasks").insert({ project_id: getRouterParam(event, "project"), assignee_id: null });
});

export const app = new Hono().post("/:task/comments", async (c) => {
  await prisma.comment.create({ data: { taskId: c.req.param("task"), authorId: c.req.query("author") } });
  return c.body(null);
});

export async function assign(id: string, user: string | null) {
  const project = await prisma.project.create({ data: { teamId: id, ownerId: user! } });
  await prisma.task.create({ data: { projectId: project.id, assigneeId: project.ownerId } });
  await prisma.task.update({
    where: { id },
    data: { assignee: user ? { connect: { id: user } } : { disconnect: true } },
  });
}

export const actions = {
  create: async (event) => {
    const form = await superValidate(event, zod(body));
    if (!form.valid) return fail(400, { form });
    await prisma.task.create({ data: { projectId: form.data.project, assigneeId: form.data.assignee } });
  },
};
