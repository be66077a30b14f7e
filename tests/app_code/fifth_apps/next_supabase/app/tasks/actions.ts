'use server'

import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { createClient } from '@/lib/supabase/server'
import type { TablesInsert, TablesUpdate } from '@/types/database.types'

const schema = z.object({
  title: z.string().min(1),
  project_id: z.string().uuid(),
  assignee_id: z.string().uuid().nullish(),
})

export async function createTask(formData: FormData) {
  const supabase = await createClient()
  const { data: { user } } = await supabase.auth.getUser()
  if (!user) redirect('/login')

  const parsed = schema.safeParse(Object.fromEntries(formData))
  if (!parsed.success) return { error: parsed.error.flatten() }

  const { data, error } = await supabase
    .from('tasks')
    .insert({ ...parsed.data, assignee_id: parsed.data.assignee_id ?? user.id })
    .select()
    .single()
  if (error) throw error
  revalidatePath(`/tasks/${data.id}`)
}

export async function addTask(task: TablesInsert<'tasks'>) {
  const supabase = await createClient()
  return supabase.from('tasks').insert(task)
}

export async function addComment(taskId: string, body: string) {
  const supabase = await createClient()
  const { data } = await supabase.auth.getUser()
  const comment: TablesInsert<'comments'> = {
    task_id: taskId,
    author_id: data.user?.id,
    body,
  }
  await supabase.from('comments').insert([comment]).throwOnError()
}

export async function updateTask(id: string, patch: TablesUpdate<'tasks'>) {
  const supabase = await createClient()
  const { error } = await supabase.from('tasks').update({ title: patch.title }).eq('id', id)
  if (error) return { error: error.message }
}

export async function duplicate(id: string) {
  const supabase = await createClient()
  const { data: task } = await supabase.from('tasks').select('*').eq('id', id).single()
  if (!task) return
  const { id: _, ...rest } = task
  await supabase.from('tasks').insert({ ...rest, title: `${task.title} (copy)` })
}

export async function removeTask(id: string) {
  const supabase = await createClient()
  await supabase.from('tasks').delete().match({ id })
  await supabase.storage.from('tasks').remove([id])
}
