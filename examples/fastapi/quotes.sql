CREATE TABLE quotes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, author TEXT NOT NULL);
INSERT INTO quotes (text, author) VALUES
  ('The Analytical Engine has no pretensions whatever to originate anything.', 'Ada Lovelace'),
  ('As soon as an Analytical Engine exists, it will necessarily guide the future course of the science.', 'Charles Babbage'),
  ('Le cœur a ses raisons, que la raison ne connaît point.', 'Blaise Pascal'),
  ('En un lugar de la Mancha, de cuyo nombre no quiero acordarme…', 'Miguel de Cervantes');
