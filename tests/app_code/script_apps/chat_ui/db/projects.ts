import { supabase } from "@/lib/supabase/browser-client"
import { TablesInsert, TablesUpdate } from "@/supabase/types"

export const createProject = async (project: TablesInsert<"projects">) => {
  const { data: createdProject, error } = await supabase
    .from("projects")
    .insert([project])
    .select("*")
    .single()

  if (error) {
    throw new Error(error.message)
  }

  return createdProject
}

export const createProjects = async (projects: TablesInsert<"projects">[]) => {
  const { data, error } = await supabase.from("projects").insert(projects).select("*")
  return data
}

export const updateProject = async (id: string, project: TablesUpdate<"projects">) => {
  const { data } = await supabase.from("projects").update({ name: project.name }).eq("id", id).select("*").single()
  return data
}

export const deleteProject = async (id: string) => {
  const { error } = await supabase.from("projects").delete().eq("id", id)
  if (error) throw new Error(error.message)
  return true
}
