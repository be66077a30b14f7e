import { BelongsTo, Column, DataType, ForeignKey, Model, Table } from "sequelize-typescript";

@Table({ tableName: "users" })
export class User extends Model {
  @Column email: string | null;
}

@Table({ tableName: "tasks" })
export class Task extends Model {
  @Column title: string;
  @ForeignKey(() => User) @Column({ type: DataType.UUID, field: "project_id" }) projectId: string;
  @BelongsTo(() => User, "assigneeId") assignee: User | null;
  @ForeignKey(() => User) @Column({ type: DataType.UUID, field: "assignee_id" }) assigneeId: string | null;
}
