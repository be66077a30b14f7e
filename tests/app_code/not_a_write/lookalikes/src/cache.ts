import { tasks } from './unrelated'

export function clear(cache: Map<string, string>) {
  cache.delete('tasks')
  localStorage.setItem('tasks', 'insert')
  throw new Error(`insert into tasks failed`)
}

export const bucket = supabase.storage.from('tasks')
export const sub = supabase.channel('x').on('postgres_changes', { event: 'INSERT', table: 'tasks' }, () => {})
