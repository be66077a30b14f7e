import { tasks, type NewTask } from "@/database/schemas";
import { comments as notes } from "@acme/store/tables";

export const taskRouter = router({
  create: procedure.input(schema).mutation(async ({ ctx, input }) => {
    const row: NewTask = { projectId: input.projectId, title: input.title };
    const [made] = await ctx.db.insert(tasks).values(row).returning();
    await ctx.db.insert(notes).values({ taskId: made.id, authorId: ctx.user.id, body: input.note });
  }),
});
