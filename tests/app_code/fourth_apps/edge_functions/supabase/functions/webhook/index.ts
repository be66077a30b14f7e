import { serve } from 'https://deno.land/std@0.168.0/http/server.ts'
import { createClient } from 'https://esm.sh/@supabase/supabase-js@2'

const corsHeaders = { 'Access-Control-Allow-Origin': '*' }

serve(async (req) => {
  if (req.method === 'OPTIONS') {
    return new Response('ok', { headers: corsHeaders })
  }
  const supabaseAdmin = createClient(Deno.env.get('SUPABASE_URL') ?? '', Deno.env.get('SERVICE_KEY') ?? '')
  try {
    const { record, type } = await req.json()
    switch (type) {
      case 'project.created': {
        const { error } = await supabaseAdmin.from('projects').insert({ team_id: record.team, owner_id: record.owner_id || null, name: record.name })
        if (error) throw error
        break
      }
      case 'task.created':
        await supabaseAdmin.from('tasks').upsert({ id: record.id, project_id: record.project_id, assignee_id: record.assignee?.id }, { onConflict: 'id' })
        break
      case 'task.deleted':
        await supabaseAdmin.from('tasks').delete().eq('id', record.id)
        break
      default:
        await logEvent(supabaseAdmin, record.task_id, null, type)
    }
    return new Response(JSON.stringify({ ok: true }))
  } catch (error) {
    return new Response(JSON.stringify({ error: error.message }), { status: 400 })
  }
})

async function logEvent(client: any, taskId: string, authorId: string | null, body: string) {
  const { error } = await client.from('comments').insert({ task_id: taskId, author_id: authorId, body })
  if (error) console.error('insert into comments', error)
}
