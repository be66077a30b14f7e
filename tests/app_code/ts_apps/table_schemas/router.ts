import { createInsertSchema } from "drizzle-zod";
import { connect, Tables } from "./db";
import { protectedProcedure, router } from "./trpc";

const { tasks } = Tables;
const db = connect(process.env.DATABASE_URL!);
const newTask = createInsertSchema(tasks, { title: (column) => column.min(3) }).omit({ id: true });
const assignedTask = newTask.required({ assigneeId: true });

export const taskRouter = router({
  add: protectedProcedure.input(newTask).mutation(async ({ input }) => {
    await db.insert(Tables.tasks).values(input);
  }),

  assign: protectedProcedure.input(assignedTask).mutation(async ({ input, ctx }) => {
    await db.insert(tasks).values({ ...input, assigneeId: ctx.user.id });
  }),

  bill: protectedProcedure.input(newTask).mutation(async ({ input }) => {
    let projectId;
    if (input.title) {
      projectId = input.projectId;
    } else {
      projectId = await defaultProject();
    }
    await db.transaction(async (tx) => {
      await tx.insert(Tables.invoices).values({ projectId, status: "new" });
    });
  }),
});
