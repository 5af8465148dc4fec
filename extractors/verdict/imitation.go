package verdict

// imitation looks for the name, logo and icon of others.
func (s *site) imitation() {}
