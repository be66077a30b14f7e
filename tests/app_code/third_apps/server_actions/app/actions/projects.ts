'use server'

import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { createClient } from '@/utils/supabase/server'

export async function createProject(prevState: unknown, formData: FormData) {
  const supabase = await createClient()
  const {
    data: { user },
  } = await supabase.auth.getUser()

  if (!user) {
    redirect('/login')
  }

  const name = formData.get('name') as string
  const teamId = formData.get('team_id')?.toString()

  const { data: project, error } = await supabase
    .from('projects')
    .insert({
      name,
      owner_id: user.id,
      team_id: teamId,
    })
    .select('id')
    .single()

  if (error || !project) {
    return { error: error?.message ?? 'failed to insert into projects' }
  }

  const tasks = ['Plan', 'Build'].map((title, position) => ({
    title,
    position,
    project_id: project.id,
    assignee_id: user.id,
  }))
  const { error: taskError } = await supabase.from('tasks').insert(tasks)
  if (taskError) throw taskError

  revalidatePath('/projects')
  redirect(`/projects/${project.id}`)
}

export async function renameProject(id: string, name: string) {
  const supabase = await createClient()
  const updates = { name, updated_at: new Date().toISOString() }
  await supabase.from('projects').update(updates).eq('id', id)
}

export async function upsertInvoice(projectId: string, input: { amount: number; projectId?: string }) {
  const supabase = await createClient()
  const payload = { ...input, project_id: projectId }
  await supabase.schema('billing').from('invoices').upsert(payload, { onConflict: 'project_id' })
}
