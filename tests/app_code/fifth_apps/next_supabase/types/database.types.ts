export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export interface Database {
  public: {
    Tables: {
      tasks: {
        Row: { id: string; project_id: string | null; assignee_id: string | null; title: string | null }
        Insert: { id?: string; project_id?: string | null; assignee_id?: string | null; title?: string | null }
        Update: { id?: string; project_id?: string | null; assignee_id?: string | null; title?: string | null }
      }
      comments: {
        Row: { id: string; task_id: string; author_id: string | null; body: string | null }
        Insert: { id?: string; task_id: string; author_id?: string | null; body?: string | null }
        Update: { id?: string; task_id?: string; author_id?: string | null; body?: string | null }
      }
    }
  }
}

export type Tables<T extends keyof Database['public']['Tables']> = Database['public']['Tables'][T]['Row']
export type TablesInsert<T extends keyof Database['public']['Tables']> = Database['public']['Tables'][T]['Insert']
export type TablesUpdate<T extends keyof Database['public']['Tables']> = Database['public']['Tables'][T]['Update']
