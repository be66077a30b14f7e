import { OmitType, PartialType, PickType } from "@nestjs/swagger";
import { IsOptional, IsString } from "class-validator";
import { createZodDto } from "nestjs-zod";
import { z } from "zod";

export class CreateTaskDto {
  @IsString()
  title!: string;

  @IsString()
  projectId!: string;

  @IsOptional()
  @IsString()
  assigneeId!: string;
}

export class UpdateTaskDto extends PartialType(CreateTaskDto) {}

export class ProjectTaskDto extends OmitType(CreateTaskDto, ["assigneeId"] as const) {}

export class TitleDto extends PickType(PartialType(CreateTaskDto), ["title", "projectId"]) {
  assigneeId!: string;
}

export class FormTaskDto extends createZodDto(
  z.object({ title: z.string(), projectId: z.string(), assigneeId: z.string().nullable() }),
) {}
