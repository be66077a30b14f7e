import { Task, User } from "./models";

export async function open(project: string, user?: User) {
  const [task] = await Task.findOrCreate({
    where: { projectId: project, title: "Inbox" },
    defaults: { assigneeId: user?.id },
  });
  return task;
}

export async function drop(task: Task | null) {
  await task?.destroy();
}

export async function move(id: string, user?: User) {
  const task = await Task.findByPk(id);
  await task.update({ assigneeId: user?.id ?? null });
}
