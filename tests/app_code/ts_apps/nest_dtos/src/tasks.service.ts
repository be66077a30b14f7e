import { Injectable } from "@nestjs/common";
import { PrismaService } from "./prisma.service";
import { CreateTaskDto, FormTaskDto, ProjectTaskDto, TitleDto, UpdateTaskDto } from "./tasks.dto";

@Injectable()
export class TasksService {
  constructor(private readonly prisma: PrismaService) {}

  create(dto: CreateTaskDto) {
    return this.prisma.task.create({ data: dto });
  }

  inProject(dto: ProjectTaskDto, assignee: { id: string }) {
    return this.prisma.task.create({ data: { ...dto, assigneeId: assignee.id } });
  }

  titled(dto: TitleDto) {
    return this.prisma.task.create({ data: { ...dto } });
  }

  fromForm(dto: FormTaskDto) {
    return this.prisma.task.create({ data: dto });
  }

  update(id: string, dto: UpdateTaskDto) {
    return this.prisma.task.update({ where: { id }, data: { ...dto } });
  }

  async fromFields(form: FormData) {
    const projectId = form.get("projectId");
    const assigneeId = form.get("assigneeId");
    if (typeof projectId !== "string") return;
    await this.prisma.task.create({ data: { projectId, assigneeId: String(assigneeId), title: "" } });
  }
}
