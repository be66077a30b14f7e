import { useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '@/integrations/supabase/client'
import { useAuth } from '@/hooks/useAuth'

interface NewTask {
  title: string
  projectId: string
}

export const useCreateTask = () => {
  const queryClient = useQueryClient()
  const { user } = useAuth()

  return useMutation({
    mutationFn: async (task: NewTask) => {
      if (!user) throw new Error('Not authenticated')
      const { data, error } = await supabase
        .from('tasks')
        .insert([
          {
            title: task.title,
            project_id: task.projectId,
            assignee_id: user.id,
          },
        ])
        .select()
        .single()
      if (error) throw error
      return data
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['tasks'] }),
  })
}

export const useMoveTask = () =>
  useMutation({
    mutationFn: async ({ id, ...changes }: { id: string; project_id?: string; title?: string }) => {
      const { error } = await supabase.from('tasks').update(changes).eq('id', id)
      if (error) throw error
    },
  })

export const useComments = (taskId: string | undefined) => {
  const add = async (body: string) => {
    await supabase.from('comments').insert({ task_id: taskId, body, author_id: (await supabase.auth.getUser()).data.user?.id })
  }
  const remove = (id: string) => supabase.from('comments').delete().eq('id', id)
  return { add, remove }
}
