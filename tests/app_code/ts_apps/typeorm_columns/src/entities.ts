import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryGeneratedColumn } from "typeorm";

@Entity({ name: "users" })
export class Member {
  @PrimaryGeneratedColumn("uuid")
  id: string;
}

@Entity("projects")
export class Project {
  @PrimaryGeneratedColumn("uuid")
  id: string;

  @Column({ type: "uuid", name: "team_id" })
  group: string;

  @ManyToOne(() => Member, { nullable: true })
  @JoinColumn({ name: "owner_id" })
  lead: Member | null;

  @Column()
  name: string;
}

@Entity("tasks")
export class Task {
  @PrimaryGeneratedColumn("uuid")
  id: string;

  @Column("uuid", { name: "project_id" })
  public board!: string;

  @Column({ name: "assignee_id", nullable: true })
  @Index()
  who?: string;

  @Column()
  title: string;

  @OneToMany(() => Note, (note) => note.task)
  notes: Note[];
}

@Entity("comments")
export class Note {
  @PrimaryGeneratedColumn("uuid")
  id: string;

  @ManyToOne(() => Task, (task) => task.notes)
  @JoinColumn({ name: "task_id", referencedColumnName: "id" })
  task: Task;

  @Column({ name: "author_id" })
  writer: string;
}
