import { NextResponse } from 'next/server'
import { z } from 'zod'
import { createClient } from '@/lib/supabase/server'

const taskSchema = z.object({
  project_id: z.string().uuid(),
  assignee_id: z.string().uuid().nullable(),
  title: z.string().min(1),
})

export async function POST(request: Request) {
  const supabase = createClient()
  const { data: { user } } = await supabase.auth.getUser()
  if (!user) {
    return NextResponse.json({ error: 'insert into tasks not allowed' }, { status: 401 })
  }
  const body = await request.json()
  const { data, error } = await supabase
    .from('tasks')
    .insert({ project_id: body.projectId, assignee_id: user.id, title: body.title })
    .select()
    .single()
  if (error) return NextResponse.json({ error: error.message }, { status: 500 })

  const parsed = taskSchema.parse(body)
  await supabase.from('tasks').insert(parsed)
  await supabase.from('tasks').insert([{ ...parsed, assignee_id: user?.id }])
  return NextResponse.json(data)
}

export async function PATCH(request: Request) {
  const supabase = createClient()
  const { id, title, assigneeId } = await request.json()
  await supabase.from('tasks').update({ title }).eq('id', id)
  await supabase.from('tasks').update({ assignee_id: assigneeId ?? null }).eq('project_id', id)
  await supabase.storage.from('tasks').remove([id])
  await supabase.storage.from('tasks').update(id, new Blob())
  return NextResponse.json({})
}

export async function DELETE(request: Request) {
  const supabase = createClient()
  const id = new URL(request.url).searchParams.get('id')
  const { error } = await supabase.from('tasks').delete().eq('id', id)
  return NextResponse.json({ error })
}
