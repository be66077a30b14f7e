import { Model } from 'objection'

export class TodoEntry extends Model {
  static get tableName() {
    return 'tasks'
  }
}

export class Note extends Model {
  static tableName = 'comments'
}
