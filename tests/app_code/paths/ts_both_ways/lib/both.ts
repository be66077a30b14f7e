export async function branches(supabase: Client, projectId: string, user?: { id: string }) {
  let assigneeId: string | null = null
  if (user) {
    assigneeId = user.id
  } else {
    assigneeId = await defaultOwner(projectId)
  }
  await supabase.from('tasks').insert({ project_id: projectId, assignee_id: assigneeId })
}

export async function early(supabase: Client, projectId: string, userId?: string) {
  if (!userId) {
    return
  }
  const row: Record<string, unknown> = { project_id: projectId }
  row.assignee_id = userId
  await supabase.from('tasks').insert(row)
  delete row.assignee_id
  await supabase.from('tasks').insert(row)
}

export async function conditional(supabase: Client, projectId: string, userId?: string) {
  await supabase.from('tasks').insert({
    project_id: projectId,
    ...(userId && { assignee_id: userId }),
  })
}
