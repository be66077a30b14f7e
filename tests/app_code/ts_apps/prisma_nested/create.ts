import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

export async function start(team: string, owner: string, author?: string) {
  await prisma.project.create({
    data: {
      teamId: team,
      ownerId: owner,
      first: {
        create: {
          assigneeId: owner,
          comments: { create: [{ authorId: author }] },
        },
      },
    },
  });
}

export async function say(owner: string, team: string) {
  await prisma.comment.create({
    data: {
      authorId: owner,
      task: {
        create: {
          project: { create: { teamId: team, ownerId: owner } },
        },
      },
    },
  });
}
