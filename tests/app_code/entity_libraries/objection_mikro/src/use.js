import { TodoEntry, Note } from './models'

export async function add(projectId, userId, title) {
  const row = await TodoEntry.query().insert({ title, project_id: projectId, assignee_id: userId })
  await Note.query().insertAndFetch({ task_id: row.id, body: 'first' })
  await TodoEntry.query().findById(row.id).patch({ assignee_id: null })
  await TodoEntry.query().deleteById(row.id)
}
