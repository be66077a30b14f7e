import { PrismaClient } from "@prisma/client";

export class InvoiceRepository {
  constructor(private readonly prismaClient: PrismaClient) {}

  async upsertForProject(projectId: string, id: string) {
    return await this.prismaClient.invoice.upsert({
      where: { id },
      create: { id, project: { connect: { id: projectId } } },
      update: {},
    });
  }

  async bulk(projectIds: (string | null)[]) {
    return this.prismaClient.invoice.createMany({
      data: projectIds.map((project_id) => ({ project_id })),
    });
  }

  async moveAll(from: string, to: string) {
    await this.prismaClient.$transaction([
      this.prismaClient.invoice.updateMany({ where: { project_id: from }, data: { project_id: to } }),
      this.prismaClient.project.delete({ where: { id: from } }),
    ]);
    await this.prismaClient.$executeRaw`INSERT INTO billing.invoices (id, amount) VALUES (gen_random_uuid(), 0)`;
  }
}
