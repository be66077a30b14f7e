import { Prisma, Project } from '@/generated/prisma/client';
import prisma from '@/lib/prisma';

export async function createProject(
  data: Prisma.ProjectCreateInput | Prisma.ProjectUncheckedCreateInput,
): Promise<Project> {
  return prisma.client.project.create({
    data,
  });
}

export async function createFor(userId: string, teamId?: string) {
  const data: any = { id: uuid(), name: 'x' };
  if (teamId) {
    data.team_id = teamId;
  } else {
    data.owner_id = userId;
  }
  return prisma.client.project.create({ data });
}

export async function deleteProject(projectId: string) {
  const { client, transaction } = prisma;
  return transaction([
    client.comment.deleteMany({ where: { task: { project_id: projectId } } }),
    client.task.deleteMany({ where: { project_id: projectId } }),
    client.project.delete({ where: { id: projectId } }),
  ]);
}
