import { z } from "zod";
import { createTRPCRouter, protectedProcedure } from "~/server/api/trpc";

export const projectRouter = createTRPCRouter({
  create: protectedProcedure
    .input(z.object({ name: z.string().min(1), teamId: z.string() }))
    .mutation(async ({ ctx, input }) => {
      return ctx.db.project.create({
        data: {
          name: input.name,
          team: { connect: { id: input.teamId } },
          owner: { connect: { id: ctx.session.user.id } },
          tasks: {
            createMany: {
              data: [{ title: "First", assignee_id: ctx.session.user.id }, { title: "Second" }],
            },
          },
        },
      });
    }),

  addTask: protectedProcedure
    .input(z.object({ projectId: z.string(), title: z.string(), assigneeId: z.string().optional() }))
    .mutation(({ ctx, input }) => {
      const { projectId, ...rest } = input;
      return ctx.db.task.create({ data: { title: rest.title, project_id: projectId, assignee_id: input.assigneeId ?? ctx.session.user.id } });
    }),

  remove: protectedProcedure.input(z.string()).mutation(async ({ ctx, input }) => {
    await ctx.db.$transaction([
      ctx.db.task.deleteMany({ where: { project_id: input } }),
      ctx.db.project.delete({ where: { id: input } }),
    ]);
  }),
});
