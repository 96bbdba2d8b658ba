rec {
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    head
    length
    map
    partition
    sort
    tail
    ;

  singleton = x: [ x ];
  optional = condition: x: if condition then [ x ] else [ ];
  optionals = condition: list: if condition then list else [ ];
  flatten = x: if builtins.isList x then concatMap flatten x else [ x ];
  toList = x: if builtins.isList x then x else [ x ];
  foldr =
    f: end: list:
    if list == [ ] then end else f (head list) (foldr f end (tail list));
  fold = foldr;
  foldl = foldl';
  last = list: elemAt list (length list - 1);
  reverseList = list: genList (i: elemAt list (length list - i - 1)) (length list);
  imap0 = f: list: genList (i: f i (elemAt list i)) (length list);
  imap1 = f: list: genList (i: f (i + 1) (elemAt list i)) (length list);
  range = first: last: if first > last then [ ] else genList (i: first + i) (last - first + 1);
  remove = x: filter (y: y != x);
  subtractLists = gone: filter (x: !elem x gone);
  intersectLists = kept: filter (x: elem x kept);
  unique = foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ];
  forEach = list: f: map f list;
  findFirst =
    test: default: list:
    let
      found = filter test list;
    in
    if found == [ ] then default else head found;
  zipListsWith =
    f: a: b:
    genList (i: f (elemAt a i) (elemAt b i)) (
      if length a < length b then length a else length b
    );
}
