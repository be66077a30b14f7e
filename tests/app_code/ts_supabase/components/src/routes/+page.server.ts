import { fail } from '@sveltejs/kit'
import type { Actions } from './$types'

export const actions: Actions = {
  create: async ({ request, locals: { supabase, user } }) => {
    const form = await request.formData()
    if (!user) return fail(401)
    const { error } = await supabase.from('comments').insert({ task_id: form.get('task'), author_id: user.id })
    if (error) return fail(500, { message: 'insert into comments failed' })
  },
  remove: async ({ request, locals }) => {
    const form = await request.formData()
    await locals.supabase.from('tasks').delete().eq('id', form.get('id'))
  },
}
