class TokenController {
  constructor({ tokenService }) {
    this.service = tokenService;
  }

  async addTokenUser(req, res) {
    const { project } = req.params;
    await this.service.validate(project);
    const user = await this.service.addTokenUser(project, req.body, req.audit);
    res.json(user);
  }
}

class TokenService {
  constructor({ tokenStore }, users) {
    this.store = tokenStore;
    this.users = users;
  }

  async addTokenUser(project, row, audit) {
    const user = await this.users.createUser({ ...row }, audit);
    await this.store.addTokenUser(project, user.id);
    return user;
  }
}

class TokenStore {
  constructor(db) {
    this.db = db;
  }

  async addTokenUser(project, user) {
    await this.db("tasks").insert({ project_id: project, assignee_id: user });
  }
}

module.exports = { TokenController, TokenService, TokenStore };
