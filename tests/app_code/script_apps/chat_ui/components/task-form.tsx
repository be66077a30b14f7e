"use client"
import { useState } from "react"
import { createBrowserClient } from "@supabase/ssr"

export function TaskForm({ projectId, userId }: { projectId: string; userId?: string }) {
  const [title, setTitle] = useState("")
  const supabase = createBrowserClient(process.env.NEXT_PUBLIC_URL!, process.env.NEXT_PUBLIC_KEY!)

  const handleSubmit = async (e: React.FormEvent) => {
    e.preventDefault()
    const { error } = await supabase.from("tasks").insert({
      title,
      project_id: projectId,
      assignee_id: userId,
    })
    if (error) console.error("insert into tasks failed", error)
  }

  return (
    <form onSubmit={handleSubmit}>
      <input value={title} onChange={(e) => setTitle(e.target.value)} />
      <button onClick={async () => { await supabase.from("tasks").delete().match({ project_id: projectId }) }}>Clear</button>
    </form>
  )
}
