import { PrismaClient, Prisma } from '@prisma/client'

export const prisma = new PrismaClient()

type CreateArgs = { projectId: string; assigneeId: string | null; title: string }

export const createTask = ({ projectId, assigneeId, title }: CreateArgs) =>
  prisma.tasks.create({ data: { id: crypto.randomUUID(), project_id: projectId, assignee_id: assigneeId, title } })

export async function createProject(owner: { id: string }, teamId: string) {
  const data: Prisma.projectsCreateInput = { name: 'x', team_id: teamId, owner_id: owner.id }
  const project = await prisma.projects.create({ data })
  await prisma.tasks.createMany({
    data: Array.from({ length: 3 }, (_, i) => ({ id: crypto.randomUUID(), project_id: project.id, title: `T${i}` })),
  })
  return project
}

export async function seed(db: PrismaClient, userId: string) {
  const project = await db.projects.upsert({
    where: { id: 'x' },
    update: {},
    create: { id: 'x', owner_id: userId, name: 'seed' },
  })
  await db.$executeRaw`INSERT INTO tasks (id, project_id) VALUES (gen_random_uuid(), ${project.id}::uuid)`
  await db.$executeRawUnsafe('DELETE FROM tasks WHERE project_id = $1', project.id)
}
