import { Entity, Column, PrimaryGeneratedColumn, ManyToOne, JoinColumn, OneToMany } from "typeorm";
@Entity("users") export class User { @PrimaryGeneratedColumn("uuid") id: string; @Column() email: string; }
@Entity("projects") export class Project { @PrimaryGeneratedColumn("uuid") id: string;
  @Column({ name: "team_id", nullable: true }) teamId: string;
  @ManyToOne(() => User) @JoinColumn({ name: "owner_id" }) owner: User;
  @OneToMany(() => Task, (t) => t.project) tasks: Task[]; }
@Entity({ name: "tasks" }) export class Task { @PrimaryGeneratedColumn("uuid") id: string;
  @Column({ name: "project_id" }) projectId: string;
  @ManyToOne(() => Project, (p) => p.tasks) @JoinColumn({ name: "project_id" }) project: Project;
  @ManyToOne(() => User, { nullable: true }) @JoinColumn({ name: "assignee_id" }) assignee?: User | null;
  @Column() title: string; }
@Entity("comments") export class Comment { @PrimaryGeneratedColumn("uuid") id: string;
  @ManyToOne(() => Task) @JoinColumn({ name: "task_id" }) task: Task;
  @Column({ name: "author_id", nullable: true }) authorId: string | null; }
