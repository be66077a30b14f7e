'use client'
import { useState, useCallback } from 'react'
import { supabase } from '@/lib/supabase/client'

type Draft = { taskId: string; authorId: string; text: string }

export function useComments({ taskId }: { taskId: string }) {
  const [items, setItems] = useState<any[]>([])
  const post = useCallback(async (draft: Draft) => {
    const payload: Record<string, unknown> = { body: draft.text, task_id: taskId }
    if (draft.authorId) {
      payload.author_id = draft.authorId
    }
    const { data } = await supabase.from('comments').insert(payload).select()
    setItems((prev) => [...prev, ...(data ?? [])])
  }, [taskId])
  const saveAll = async (drafts: Draft[]) => {
    const rows = drafts.filter((d) => d.text).map(({ taskId, authorId, text }) => ({
      task_id: taskId,
      author_id: authorId,
      body: text,
    }))
    await supabase.from('comments').upsert(rows, { onConflict: 'id' })
  }
  return { items, post, saveAll }
}
