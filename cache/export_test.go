package cache

// KeepsRecord reports whether memory keeps a key's record as it was fetched.
func KeepsRecord[K comparable, V any](s *Set[K, V], scope string, key K) bool {
	gen := s.store.memory.find(s.at(scope, key)).current.Load()
	return gen.kept == nil || gen.kept.now.Load().record != nil
}

// Orders counts the purges that a set remembers.
func Orders[K comparable, V any](s *Set[K, V]) int {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	return len(s.store.purged)
}
