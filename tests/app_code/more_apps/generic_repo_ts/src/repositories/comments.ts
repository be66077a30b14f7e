import { BaseRepository } from './base'
import { supabase } from '../client'

export interface Comment {
  id: string
  task_id: string
  author_id: string | null
  body: string
}

export class CommentRepository extends BaseRepository<Comment> {
  constructor() {
    super(supabase, 'comments')
  }

  async post(taskId: string, authorId: string, body: string) {
    return this.create({ task_id: taskId, author_id: authorId, body })
  }
}

export const comments = new CommentRepository()
