import { Kysely, sql } from 'kysely';
import type { DB, NewComment } from '../db/types';

export class CommentService {
  constructor(private readonly db: Kysely<DB>) {}

  async create(input: NewComment) {
    return this.db.insertInto('comments').values(input).returningAll().executeTakeFirstOrThrow();
  }

  async reply(taskId: string, authorId: string, body: string) {
    return await this.db
      .insertInto('comments')
      .values({ task_id: taskId, author_id: authorId, body })
      .onConflict((oc) => oc.column('id').doNothing())
      .returning(['id'])
      .execute();
  }

  async rename(id: string, title: string | null) {
    await this.db.updateTable('tasks').set({ title }).where('id', '=', id).execute();
    await this.db.updateTable('tasks').set('assignee_id', null).where('id', '=', id).execute();
  }

  async drop(id: string) {
    return this.db.deleteFrom('projects').where('projects.id', '=', id).executeTakeFirst();
  }
}
