import { supabase } from '../lib/supabase/client'
import type { Database, TablesInsert } from '../lib/supabase/types'

type TaskInsert = Database['public']['Tables']['tasks']['Insert']

export function useTasks(projectId: string) {
  const addTask = async (task: TaskInsert) => {
    return supabase.from('tasks').insert(task)
  }
  const addOwn = async (task: TablesInsert<'tasks'>, userId: string) => {
    const row = { ...task, project_id: projectId, assignee_id: userId }
    return supabase.from('tasks').insert(row).select()
  }
  const importAll = async (titles: string[], userId?: string) => {
    const rows = titles.map((title) => ({ project_id: projectId, assignee_id: userId, title }))
    await supabase.from('tasks').upsert(rows, { onConflict: 'id' })
    const comments = []
    for (const title of titles) {
      comments.push({ task_id: title, author_id: userId!, body: title })
    }
    await supabase.from('comments').insert(comments)
  }
  return { addTask, addOwn, importAll }
}
