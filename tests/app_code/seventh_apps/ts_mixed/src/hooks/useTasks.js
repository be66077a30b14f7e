import { supabase } from '../supabaseClient'

export default function useTasks(session) {
  const addTask = async (projectId, title) => {
    const user = session.user
    const { data, error } = await supabase
      .from('tasks')
      .insert([{ title, project_id: projectId, assignee_id: user.id }])
      .select()
    return data
  }
  const addAnon = async (taskId, body) => {
    const newComment = { body }
    newComment.task_id = taskId
    await supabase.from('comments').insert(newComment)
  }
  return { addTask, addAnon }
}
