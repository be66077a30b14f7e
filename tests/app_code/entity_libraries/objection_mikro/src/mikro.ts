import { EntityManager } from '@mikro-orm/postgresql'
import { Comment } from './entities'

export class Comments {
  constructor(private readonly em: EntityManager) {}

  async add(taskId: string, authorId: string, body: string) {
    const comment = this.em.create(Comment, { taskId, authorId, body })
    await this.em.persistAndFlush(comment)
    await this.em.nativeDelete(Comment, { id: '1' })
  }
}
