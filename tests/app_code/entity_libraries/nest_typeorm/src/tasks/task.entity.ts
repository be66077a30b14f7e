import { Column, Entity, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { Project } from '../projects/project.entity';

@Entity({ name: 'tasks' })
export class TaskItem {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @Column({ name: 'project_id', nullable: true })
  projectId: string;

  @ManyToOne(() => Project)
  project: Project;

  @Column({ name: 'assignee_id', nullable: true })
  assigneeId: string;

  @Column()
  title: string;
}
