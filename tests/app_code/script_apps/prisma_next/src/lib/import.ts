import prisma from "@/lib/prisma";

interface Row {
  title: string;
  email?: string;
}

export async function importTasks(projectId: string, rows: Row[]) {
  const users = await prisma.user.findMany();
  const data = rows.map((row) => {
    const user = users.find((u) => u.id === row.email);
    return { title: row.title, project_id: projectId, assignee_id: user?.id ?? null };
  });
  await prisma.task.createMany({ data, skipDuplicates: true });
  await prisma.task.updateMany({ where: { project_id: projectId }, data: { assignee_id: null } });
}
