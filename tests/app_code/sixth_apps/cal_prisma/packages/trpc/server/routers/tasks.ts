import { z } from "zod";
import { createTRPCRouter, protectedProcedure } from "~/server/api/trpc";

export const taskRouter = createTRPCRouter({
  create: protectedProcedure
    .input(z.object({ title: z.string().min(1), projectId: z.string(), assigneeId: z.string().optional() }))
    .mutation(async ({ ctx, input }) => {
      return ctx.db.task.create({
        data: {
          title: input.title,
          project_id: input.projectId,
          assignee_id: input.assigneeId,
        },
      });
    }),
  comment: protectedProcedure
    .input(z.object({ taskId: z.string(), body: z.string() }))
    .mutation(({ ctx, input: { taskId, body } }) =>
      ctx.db.comment.create({ data: { body, task_id: taskId, author_id: ctx.session.user.id } })
    ),
  remove: protectedProcedure.input(z.string()).mutation(async ({ ctx, input }) => {
    await ctx.db.comment.deleteMany({ where: { task_id: input } });
    return ctx.db.task.delete({ where: { id: input } });
  }),
  reassign: protectedProcedure
    .input(z.object({ id: z.string(), to: z.string().nullable() }))
    .mutation(async ({ ctx, input }) => {
      const { id, to } = input;
      await ctx.db.task.updateMany({ where: { id }, data: { assignee_id: to } });
    }),
});
