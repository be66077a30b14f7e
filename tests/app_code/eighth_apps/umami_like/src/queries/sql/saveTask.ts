import prisma from '@/lib/prisma';

export interface SaveTaskArgs {
  projectId: string;
  assigneeId?: string;
  title: string;
}

export async function saveTask({ projectId, assigneeId, title }: SaveTaskArgs) {
  const { rawQuery } = prisma;
  await rawQuery(
    `
    insert into tasks (project_id, assignee_id, title)
    values ({{projectId::uuid}}, {{assigneeId::uuid}}, {{title}})
    on conflict (id) do nothing
    `,
    { projectId, assigneeId: assigneeId ?? null, title },
  );
}
