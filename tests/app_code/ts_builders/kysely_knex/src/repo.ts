import { Kysely } from 'kysely'
import { knex } from './knex'

export async function createTask(db: Kysely<DB>, projectId: string, userId: string | null) {
  await db
    .insertInto('tasks')
    .values({ project_id: projectId, assignee_id: userId, title: 'x' })
    .execute()
  await db.updateTable('tasks').set({ title: 'y' }).where('project_id', '=', projectId).execute()
  await db.deleteFrom('comments').where('task_id', '=', projectId).execute()
}

export async function legacy(projectId: string) {
  await knex('tasks').insert({ project_id: projectId, title: 'k' })
  await knex('tasks').where({ project_id: projectId }).update({ title: 'z' })
  await knex('tasks').where({ id: projectId }).del()
}
