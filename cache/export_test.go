package cache

// KeepsRecord reports whether memory keeps a key's record as it was fetched.
func KeepsRecord[K comparable, V any](s Set[K, V], scope string, key K) bool {
	gen := s.(*set[K, V]).memory.find(s.(*set[K, V]).at(scope, key)).current.Load()
	return gen.kept == nil || gen.kept.now.Load().record != nil
}

// Orders counts the purges that a set remembers.
func Orders[K comparable, V any](s Set[K, V]) int {
	s.(*set[K, V]).mu.Lock()
	defer s.(*set[K, V]).mu.Unlock()
	return len(s.(*set[K, V]).purged)
}
