import type { Prisma } from "@calcom/prisma/client";
import { prisma } from "@calcom/prisma";
import { TRPCError } from "@trpc/server";

import type { TrpcSessionUser } from "../../types";
import type { TCreateInputSchema } from "./create.schema";

type CreateOptions = {
  ctx: {
    user: NonNullable<TrpcSessionUser>;
  };
  input: TCreateInputSchema;
};

export const createHandler = async ({ ctx, input }: CreateOptions) => {
  const { teamId, title, ...rest } = input;
  const userId = ctx.user.id;

  const data: Prisma.ProjectCreateInput = {
    ...rest,
    name: title,
    owner: { connect: { id: userId } },
  };

  if (teamId) {
    data.team = { connect: { id: teamId } };
  }

  try {
    const project = await prisma.project.create({ data });
    await prisma.task.create({
      data: { title: "Welcome", project_id: project.id, assignee_id: userId },
    });
    return { project };
  } catch (e) {
    if (e instanceof Error) throw new TRPCError({ code: "BAD_REQUEST", message: "Could not create projects" });
    throw e;
  }
};
