/**
 * Everyday English words for a server whose tokenizer is not given. Each of them is one token, at
 * the start of a message as well as behind a space, in GPT-2, cl100k, o200k, Llama 3, Qwen 2.5 and
 * Mistral's first. Taken are those that come early in these vocabularies: a vocabulary that was not
 * asked will hold them too.
 */
export const everydayWords: readonly string[] = `
  able about above account act active actual add address after again against age agent ago agree
  aim air album all alone along also always among amount an and animal answer anti any apply are
  area arm around array art article as ask at author auto average avoid aware away baby back bad
  bag balance ball band bank bar base basic battle be beat bed been before begin below best bet
  better between big bill bird bit block blue board body book border born both bottom bound bow
  box boy brain brand break bright bring build burn bus but button buy by cache call camera camp
  can cap capital car card care carry case cash cast cat catch cause cell center central chain
  chair change channel character charge check child children choice church city claim class clean
  clear click client close cloud club code cold collect college color column come comfort command
  comment commit common complete complex concept connect consider contact content context continue
  contract control cook cool copy core correct cost could count country course court cover create
  credit cross cry culture cup current custom cut daily damage danger dark data date daughter day
  deal deep default define degree delay depend depth design detail develop device did digital
  direct direction disc display distance do doctor document does dog domain don done door double
  down draw dream dress drive drop dry due during each ear early earth easy eat echo edge editor
  effect eight either elect electric element else email empty enable end energy engine enter entry
  equal error even event ever every example except exist exit export express extra eye face fact
  factor fail fair faith fall false family fan far farm fast father feature feed feel female few
  field fight figure file fill film filter final find fine fire first fish fit five fix flag flat
  float floor flow fly focus follow food foot football for force foreign forest form format former
  fort forward found four frame free fresh friend from front full fun function fund future gain
  game gas general get girl give glass global go goal gold good got grand graph great green ground
  group grow growth guard guide had hair half hall hand happy hard has hat have head heard heart
  heat heavy height help her here high him his history hit hold home hook horse hospital host hot
  hour house how human ice if image impact import in include income index inner input inside
  install instance instead intent interest internal internet into invest iron is issue it item job
  join journal jump just keep key kid kind king know label land language large last late later
  launch law lay layer lead leader lean learn leave left leg legal length less let letter level
  library license lie life lift light like limit line link list liter little live load local
  location lock log long look loss lost lot love low lower luck machine made main major make male
  man manager many map mark market mass master match material matter max maximum may maybe me mean
  media medical meet member memory men mental menu message metal method middle might mill million
  mind mine minute miss mission mix mobile mode model modern module money month more most mother
  motion mount mouth move movie much music must my name nation native nature near neck need net
  network never new news next nice night no none nor normal north note nothing notice now number
  object of off offer office official often oil old on once one online only onto open option or
  order organ origin other our out output outside over own owner pack package page pain pair pan
  panel paper parent park part party pass past path patient pattern pay peace pen people per
  percent perfect perhaps period person phone photo pick picture piece place plan plane plant
  platform play player please plus point policy poll pool pop popular port position post pot pour
  power practice present press pretty price primary prime print private problem process product
  profile program progress project proof property protect public pull pure purpose push put
  quality quarter query question quick quiet quite race radio rail rain raise ran random range
  rank rate rather raw reach read ready real reason recent record red region register regular
  release remember remove render rent report request require research resource response rest
  result return review rich right ring rise risk river road rock role roll room root rose round
  route row rub rule run safe said sale same sample sand save say scale scene school science scope
  score screen script sea search season seat second secret section secure see seek select self
  sell send sense sent sequence series server service session set seven shape share she shift ship
  shop short should show side sign similar simple since sing single sit site six size skin sky
  sleep slow small smart so social soft solid some son song soon sort sound source south space
  special speech speed split spot spread spring square staff stage stand standard star start state
  static station status stay step stick still stock stone stood stop storage store story stream
  street stress string strong student study stuff style subject success such suggest sun support
  sure surface sweet switch system table tag tail take talk target task tax team technology tell
  ten term test text than thank that the their them theme then there these they thing think third
  this those though thought thread three through throw thus tight time tip title to today token
  too tool top total touch town track trade train transfer travel tree trip true trust truth try
  turn two type under unique unit unless until up update upper us use user usual valid value van
  variable version very via video view virtual vision visual voice volume vote wait walk wall want
  warm was watch water wave way we weak wear weather web week weight well went were west what
  whatever when where whether which while who whose why wide wife wild will win wind window wine
  winter with within without woman won wood word work world worth would write writer wrong year
  yes yet young your zero
`
  .trim()
  .split(/\s+/);
