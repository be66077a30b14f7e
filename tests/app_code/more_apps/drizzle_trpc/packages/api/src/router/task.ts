import { z } from 'zod'
import { eq, sql } from '@acme/db'
import { comment, task } from '@acme/db/schema'
import { protectedProcedure, router } from '../trpc'

const input = z.object({ projectId: z.string().uuid(), title: z.string(), assigneeId: z.string().optional() })

export const taskRouter = router({
  create: protectedProcedure.input(input).mutation(async ({ ctx, input }) => {
    const [created] = await ctx.db
      .insert(task)
      .values({ project_id: input.projectId, title: input.title, assigneeId: input.assigneeId ?? ctx.session.user.id })
      .returning({ id: task.id })
    const body = 'created'
    await ctx.db.insert(comment).values([{ taskId: created!.id, authorId: ctx.session.user.id, body }, { taskId: created!.id, body: 'second' }])
    return created
  }),
  assign: protectedProcedure.input(z.object({ id: z.string(), userId: z.string().nullable() })).mutation(({ ctx, input }) => {
    return ctx.db.update(task).set({ assigneeId: input.userId }).where(eq(task.id, input.id))
  }),
  delete: protectedProcedure.input(z.string()).mutation(({ ctx, input }) => {
    return ctx.db.delete(task).where(eq(task.id, input))
  }),
  raw: protectedProcedure.mutation(({ ctx }) => {
    return ctx.db.execute(sql`delete from ${comment} where ${comment.taskId} is null`)
  }),
})
