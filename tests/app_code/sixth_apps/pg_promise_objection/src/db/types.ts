import type { Generated, Insertable, Selectable } from 'kysely';

export interface CommentsTable {
  id: Generated<string>;
  task_id: string;
  author_id?: string | null;
  body: string;
}

export interface DB {
  comments: CommentsTable;
}

export type NewComment = Insertable<CommentsTable>;
